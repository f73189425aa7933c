// How the parts of a reply are told apart: by shape, by dash, and by colour.
import type { Palette } from "../lib/chart";
import { ROLES, type PartRow, type Role } from "./design-data";

export interface Look {
  colour: string;
  shape: string;
  hollow: boolean;
  size: number;
  /** Pixels on and off; none is a line without gaps. */
  dashes: number[];
  width: number;
}

/** The parts of a role look alike in both pictures. */
export function lookOf(palette: Palette, role: Role): Look {
  const [blue = "", , green = "", purple = "", , , grey = ""] = palette.series;
  const solid = { hollow: false, dashes: [] };
  switch (role) {
    case "best":
      return { ...solid, colour: palette.red, shape: "diamond", size: 17, width: 3.5 };
    case "front":
      return { ...solid, colour: blue, shape: "circle", size: 10, width: 1.5 };
    case "near":
      return { colour: grey, shape: "circle", hollow: true, size: 8, dashes: [2, 4], width: 1 };
    case "base":
      return { ...solid, colour: green, shape: "rect", size: 11, dashes: [8, 3], width: 2 };
    case "unlocked":
      return {
        colour: purple,
        shape: "triangle",
        hollow: true,
        size: 13,
        dashes: [14, 3, 3, 3],
        width: 2,
      };
  }
}

export const inRoles = (rows: readonly PartRow[]) =>
  ROLES.map((role) => ({ role, rows: rows.filter((row) => row.role === role) })).filter(
    (group) => group.rows.length > 0,
  );

export const legendOf = (palette: Palette) => ({
  top: 0,
  left: 0,
  itemWidth: 22,
  textStyle: { color: palette.text, fontSize: 12 },
  inactiveColor: palette.faint,
});
