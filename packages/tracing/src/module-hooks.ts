import { builtinModules, createRequire, register, syncBuiltinESMExports } from "node:module";
import {
  register as registerSync,
  supportsSyncHooks,
} from "import-in-the-middle/register-hooks.mjs";

let registered = false;

/**
 * Lets instrumentation reach modules that are loaded with `import`. In the application's own thread where
 * Node can (22.22.3, 24.11.1, 25.1 and later), else by a loader thread. Only the modules named are
 * wrapped: wrapping all costs start-up time and breaks what looks at its own namespace.
 */
export function watchModules(names: readonly string[]): void {
  patchBuiltins(names);
  if (registered) return;
  registered = true;
  const include = names.flatMap((name) =>
    builtinModules.includes(name) ? [name, `node:${name}`] : [name],
  );
  if (supportsSyncHooks()) {
    registerSync({ include });
  } else {
    register("@opentelemetry/instrumentation/hook.mjs", import.meta.url, { data: { include } });
  }
}

/**
 * Node's own modules are patched when somebody requires them; what Node uses inside (fetch opens its
 * connections through `net`) never does. Loading them here patches them at once, and for ES modules that
 * imported a function of theirs by name as well.
 */
function patchBuiltins(names: readonly string[]): void {
  const require = createRequire(import.meta.url);
  for (const name of names) {
    if (builtinModules.includes(name)) require(name);
  }
  syncBuiltinESMExports();
}
