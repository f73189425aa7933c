import { expect, it } from "vitest";
import { commandLine } from "./command";

it("writes the question as a command", () => {
  const fields = {
    chip: "h20",
    to: "SA",
    as_of: "2025-04-16",
    set: { tpp: 2300, dram_bw: "4.0 TB/s" },
    timeline: true,
  };
  expect(commandLine("classify", fields)).toBe(
    "redline classify h20 --to SA --as-of 2025-04-16 --set tpp=2300 --set 'dram_bw=4.0 TB/s' --timeline",
  );
});

it("quotes what the shell would read otherwise, and leaves out what is not given", () => {
  expect(
    commandLine("classify", { chip: ["h20*", "it's"], to: "", why: false, hq: undefined }),
  ).toBe("redline classify 'h20*' 'it'\\''s'");
});

it("calls prices as the command line does", () => {
  expect(
    commandLine("compare", {
      chip: "h20",
      model: "llama-3.1-8b",
      rent_usd_per_hour: 1.2,
      pue: 1.3,
    }),
  ).toBe("redline compare h20 --model llama-3.1-8b --rent 1.2 --pue 1.3");
});

it("knows the words of other commands", () => {
  expect(commandLine("search-plan-serve", { model: "llama-3.1-70b", chips: [4, 8] })).toBe(
    "redline search plan serve --model llama-3.1-70b --chips 4,8",
  );
});
