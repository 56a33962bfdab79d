import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { App } from "./app.tsx";
import { busy, watchInput } from "./idle.ts";

watchInput();
const started = busy();

const container = document.getElementById("root");
if (container === null) throw new Error("The page has no #root");
createRoot(container).render(
  <StrictMode>
    <BrowserRouter>
      <App onStarted={started} />
    </BrowserRouter>
  </StrictMode>,
);
