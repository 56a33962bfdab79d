/**
 * `node --import`: this process's clock differs from the true one by `SHOP_CLOCK_AHEAD_MS`, as on a host that nobody
 * synchronises. Loaded before whatever reads the time. Durations and timers stay what they are.
 */
import { performance } from "node:perf_hooks";

const aheadMs = Number(process.env.SHOP_CLOCK_AHEAD_MS ?? 0);
const trueNow = Date.now;

Date.now = () => trueNow() + aheadMs;
Object.defineProperty(performance, "timeOrigin", { value: performance.timeOrigin + aheadMs });
