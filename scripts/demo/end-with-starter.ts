/**
 * Loaded into `culprit serve` by `--import`: when the demonstration is gone, even one that was killed, the
 * channel to it closes, and the server is asked to stop as it would be by anybody.
 */
import { isMainThread } from "node:worker_threads";

function stop(): void {
  process.kill(process.pid, "SIGTERM");
}

if (isMainThread && process.channel) {
  process.once("disconnect", stop);
  if (!process.connected) stop();
  // A server that has stopped must not be kept by its lifeline.
  process.channel.unref();
}
