// <html data-idle> says whether anything is under way: requests, or rendering that an event or an answer set off. Browser
// tests wait for it instead of sleeping.

let pending = 0;
let settling = false;

/** Something began; call the answer once when it has ended. */
export function busy(): () => void {
  pending++;
  document.documentElement.dataset.idle = "false";
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    pending--;
    settle();
  };
}

/** Idle again when the last of it has been painted: two frames later, and no task is waiting (React renders in tasks). */
function settle(): void {
  if (pending > 0 || settling) return;
  settling = true;
  afterPaint(() => {
    settling = false;
    if (pending === 0) document.documentElement.dataset.idle = "true";
  });
}

function afterPaint(done: () => void): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      // Safari has no idle callbacks; nobody waits for the flag there.
      if (typeof requestIdleCallback === "function") requestIdleCallback(done);
      else setTimeout(done);
    }),
  );
}

/** Every input may schedule rendering: not idle until it has been painted. */
export function watchInput(): void {
  const touched = (): void => afterPaint(busy());
  for (const name of ["click", "input", "keydown", "pointerup", "popstate", "submit"]) {
    window.addEventListener(name, touched, { capture: true, passive: true });
  }
  touched();
}
