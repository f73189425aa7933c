// What the brief promises as a file of its own, opened without a network.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const expect = (condition, words) => (condition ? [] : [words]);
const program =
  process.env.REDLINE ?? fileURLToPath(new URL("../../build/release/redline", import.meta.url));

const files = new Map();

/** Where the brief lies, written once in each language. */
async function brief(language) {
  if (!files.has(language)) {
    const folder = await mkdtemp(join(tmpdir(), "redline-brief-"));
    const { status, stderr } = spawnSync(program, ["report", "april-2025", "-o", folder, "--lang", language]);
    if (status !== 0) throw new Error(String(stderr));
    files.set(language, join(folder, "report.html"));
  }
  return files.get(language);
}

async function visit(page, language = "en") {
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(await brief(language)).href);
  return requests;
}

async function looks(page, language, scheme) {
  await page.emulateMedia({ colorScheme: scheme });
  const requests = await visit(page, language);
  const sentences = await page.locator(".cover > ol > li").allTextContents();
  const figures = await page.locator(".cover figure svg").count();
  await page.shot(`brief-${language}-${scheme}`);
  return [
    ...(await page.axe()),
    ...(await page.overflow()),
    ...expect(requests.length === 1, `it asks for ${requests.slice(1)}`),
    ...expect(sentences.length === 5 && sentences.every(Boolean), `the cover says ${sentences}`),
    ...expect(figures === 3, `the cover has ${figures} figures`),
  ];
}

export const brief_in_English = (page) => looks(page, "en", "light");
export const brief_in_English_when_dark = (page) => looks(page, "en", "dark");
export const brief_in_simplified_Chinese = (page) => looks(page, "zh-Hans", "light");
export const brief_in_traditional_Chinese_when_dark = (page) => looks(page, "zh-Hant", "dark");

export async function brief_on_a_narrow_screen(page) {
  await visit(page);
  await page.shot("brief-320");
  return [...(await page.overflow()), ...(await page.axe())];
}
brief_on_a_narrow_screen.options = { width: 320, height: 640 };

const standing = (page) => page.locator(".table", { has: page.locator("caption", { hasText: "Every chip on 2025-04-08" }) });

export async function brief_tables_sort(page) {
  await visit(page);
  await page.click("summary >> nth=0");
  const table = standing(page);
  const cells = async (column) =>
    (await table.locator(`tbody tr > :nth-child(${column})`).allTextContents()).map((text) => text.trim());
  const before = await cells(1);
  const header = table.locator("thead th").nth(1);
  await header.locator("button").click();
  const up = (await cells(2)).filter((text) => text !== "?").map(Number);
  const said = await header.getAttribute("aria-sort");
  await header.locator("button").press("Enter");
  const whole = await cells(2);
  const down = whole.filter((text) => text !== "?").map(Number);
  const last = whole.indexOf("?");
  await header.locator("button").click();
  const after = await cells(1);
  const sorted = (list, sign) => list.every((one, i) => i === 0 || sign * (one - list[i - 1]) >= 0);
  return [
    ...expect(up.length > 50 && sorted(up, 1), `upwards it is ${up}`),
    ...expect(said === "ascending", `aria-sort is ${said}`),
    ...expect(sorted(down, -1), `downwards it is ${down}`),
    ...expect(last === -1 || last >= down.length, "what is not known does not come last"),
    ...expect(before.join() === after.join(), "the third click does not give the first order"),
    ...(await page.axe()),
  ];
}

export async function brief_tables_filter(page) {
  await visit(page);
  await page.click("summary >> nth=0");
  const table = standing(page);
  const rows = table.locator("tbody tr:visible");
  const all = await rows.count();
  await table.locator("input").fill("h20 no-license");
  const found = await rows.allTextContents();
  const said = await table.locator("output").textContent();
  await page.shot("brief-filter");
  await table.locator("input").fill("");
  return [
    ...expect(found.length > 0 && found.length < all, `${found.length} of ${all} rows are left`),
    ...expect(found.every((text) => /h20/i.test(text) && text.includes("no-license")), `left: ${found}`),
    ...expect(said === `${found.length} of ${all} rows`, `it says ${said}`),
    ...expect((await rows.count()) === all, "not all rows are back"),
  ];
}

export async function brief_plots_say_what_a_mark_is(page) {
  await visit(page);
  const plot = page.locator("figure svg[aria-labelledby^='density-2025-04-08']");
  const marks = plot.locator("g[role=img]");
  const tip = page.locator(".tip");
  // Two chips of the same figures lie upon each other.
  const under = plot.getByLabel(/A100 SXM4 40 GB/);
  await under.hover({ force: true });
  const hovered = await tip.textContent();
  await page.mouse.move(0, 0);
  const gone = await tip.isHidden();
  await marks.nth(0).focus();
  const first = await tip.textContent();
  await page.keyboard.press("ArrowRight");
  const second = await tip.textContent();
  await page.shot("brief-tip");
  const stops = await plot.locator("[tabindex='0']").count();
  await page.keyboard.press("Escape");
  return [
    ...expect(/A100 SXM4 40 GB.*\n(.*\n)*.*A800 SXM4/.test(hovered) || /A800 SXM4.*\n(.*\n)*.*A100 SXM4 40 GB/.test(hovered), `it says ${hovered}`),
    ...expect(gone, "it stays when the pointer is elsewhere"),
    ...expect(first && second && first !== second, `the arrow leads from ${first} to ${second}`),
    ...expect(stops === 1, `the keyboard stops ${stops} times in a plot`),
    ...expect(await tip.isHidden(), "Escape does not hide it"),
  ];
}

/** Without scripts nothing is missing; the sheets can be printed. */
export async function brief_without_scripts(page) {
  await visit(page);
  await page.shot("brief-without-scripts");
  const written = await readFile(await brief("en"), "utf8");
  const captions = await page.locator("caption").count();
  const plots = await page.locator("figure svg").count();
  const titles = await page.locator("figure svg g > title").count();
  const sheets = await page.pdf({ format: "A4", printBackground: true });
  return [
    ...expect(captions > 20, `${captions} tables`),
    ...expect(plots === written.split("<svg").length - 1 && plots > 20, `${plots} plots`),
    ...expect(titles > 300, `${titles} marks say what they are`),
    ...expect((await page.locator("button.sort, .filter, .tip").count()) === 0, "something waits for a script"),
    ...expect(sheets.subarray(0, 5).toString() === "%PDF-" && sheets.length > 100_000, "it does not print"),
  ];
}
brief_without_scripts.options = { scripts: false };
