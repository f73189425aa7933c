// Why a cluster cannot be simulated, and the change that the program proposes, as a link.
import { say, tell } from "../lib/i18n.svelte";
import type { ServeState } from "./serve-schema";

interface Change {
  words: string;
  href: string;
}

/** The program says it as options: "smallest change that fits: --tp 2 (72.5 GB)". */
export function changeOfReason(
  reason: string,
  view: ServeState,
): { why: string; change: Change | null } {
  const options = [...reason.matchAll(/--([a-z-]+) (\S+)/g)].map(
    ([, key = "", value = ""]) => [key, value.replace(/,$/, "")] as const,
  );
  const known = options.filter(([key]) => key in view.values);
  const why = say("It needs more memory than the chips of a replica have.");
  if (known.length === 0) return { why: reason ? tell(reason) : why, change: null };
  return {
    why,
    change: {
      words: reason.replace(/^smallest change that fits: /, "").replaceAll("--", ""),
      href: view.href(Object.fromEntries(known)),
    },
  };
}
