/**
 * Builds the booth into dist-bundle/: the same sources and the same locked packages give the same bytes.
 *
 *   booth.js      the whole program: the page, and the thread that encrypts, start from this one file
 *   booth.css, public-sans-*.woff2
 *   index.html    the page for a website, with the two files above beside it
 *   booth.html    all of it in one file: works when saved, and from another website
 *   booth.sha256  the SHA-256 of each; the one of booth.js is what manifests and notices name
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = process.argv[2] ?? `${HERE}dist-bundle`;
const COMMON = {
  absWorkingDir: HERE,
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  minify: true,
  write: false,
};

const sha256 = (data, encoding) => createHash("sha256").update(data).digest(encoding);
const csp_hash = (data) => `'sha256-${sha256(data, "base64")}'`;

/** The one text file of a build, and the others beside it. */
async function made(options) {
  const { outputFiles } = await build({ ...COMMON, outdir: OUT, ...options });
  return new Map(outputFiles.map(({ path, contents }) => [path.split("/").at(-1), Buffer.from(contents)]));
}

const program = await made({
  entryPoints: { booth: "src/ui/main.ts" },
  format: "iife",
  platform: "browser",
  target: ["chrome103", "firefox102", "safari16"],
});
const style = { entryPoints: { booth: "src/style.css" }, target: ["chrome103", "firefox102", "safari16"] };
const styles = await made({ ...style, loader: { ".woff2": "file" }, assetNames: "[name]" });
const inlined = await made({ ...style, loader: { ".woff2": "dataurl" } });

const script = program.get("booth.js");
const sheet = inlined.get("booth.css");
const page = readFileSync(`${HERE}src/index.html`, "utf8");
const policy = [
  "default-src 'none'",
  `script-src ${csp_hash(script)}`,
  `style-src ${csp_hash(sheet)}`,
  "font-src data:",
  "img-src data:",
  "worker-src blob:",
  "connect-src https: http://localhost:* http://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const files = new Map([...styles, ["booth.js", script]]);
files.set(
  "index.html",
  page.replace("<!-- head -->", () =>
    ['<link rel="stylesheet" href="booth.css">', '<script src="booth.js" defer></script>'].join("\n"),
  ),
);
// An inline script cannot be deferred, so it stands at the end of the body.
files.set(
  "booth.html",
  page
    .replace("<!-- head -->", () => `<meta http-equiv="content-security-policy" content="${policy}">\n<style>${sheet}</style>`)
    .replace("</main>\n", () => `</main>\n<script>${script}</script>\n`),
);
const names = [...files.keys()].sort();
files.set("booth.sha256", names.map((name) => `${sha256(files.get(name), "hex")}  ${name}\n`).join(""));

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
for (const [name, data] of files) writeFileSync(`${OUT}/${name}`, data);
