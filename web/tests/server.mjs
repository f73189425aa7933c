// The server that the browser tests ask: BASE_URL if it is set; else `redline serve` of the program in
// REDLINE with SERVER=redline; else the built pages before `redline batch`.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("..", import.meta.url));

async function redlineServe() {
  const child = spawn(process.env.REDLINE ?? `${web}../build/release/redline`, [
    "serve",
    "--port",
    "0",
  ]);
  const url = await new Promise((resolve, reject) => {
    const look = (chunk) => {
      const found = /https?:\/\/[^\s/]+/.exec(String(chunk));
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.on("exit", (code) => reject(new Error(`redline serve ended with ${code}`)));
  });
  return { url, stop: () => child.kill() };
}

async function vitePreview() {
  const { preview } = await import("vite");
  const server = await preview({
    root: web,
    preview: { port: 0, host: "127.0.0.1" },
    logLevel: "warn",
  });
  const { port } = server.httpServer.address();
  return { url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

export async function startServer() {
  if (process.env.BASE_URL) return { url: process.env.BASE_URL.replace(/\/$/, ""), stop() {} };
  return process.env.SERVER === "redline" ? redlineServe() : vitePreview();
}
