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

/** Idle again two frames after the last of it: React has rendered by the first and the browser painted by the second. */
function settle(): void {
  if (pending > 0 || settling) return;
  settling = true;
  afterTwoFrames(() => {
    settling = false;
    if (pending === 0) document.documentElement.dataset.idle = "true";
  });
}

function afterTwoFrames(done: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(done));
}

/** Every input may schedule rendering: not idle until it has been painted. */
export function watchInput(): void {
  const touched = (): void => afterTwoFrames(busy());
  for (const name of ["click", "input", "keydown", "pointerup", "popstate", "submit"]) {
    window.addEventListener(name, touched, { capture: true, passive: true });
  }
  touched();
}
