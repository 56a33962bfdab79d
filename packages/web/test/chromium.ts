// The browser of the journeys: what CULPRIT_CHROMIUM names, else where distributions and macOS keep theirs.

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const USUAL_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

export const chromiumPath: string | undefined =
  process.env["CULPRIT_CHROMIUM"] ?? USUAL_PATHS.find((path) => existsSync(path));

/** The reason to skip; false when there is a browser. */
export const noChromium: string | false =
  chromiumPath === undefined &&
  "no Chromium: install one (apt install chromium, brew install --cask chromium) or name it in CULPRIT_CHROMIUM";

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    // --no-sandbox: Chromium refuses to run as root with one, and continuous integration often is root.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
