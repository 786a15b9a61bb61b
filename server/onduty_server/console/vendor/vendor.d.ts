/** The types of vendor.js are those of what it is built from. */
export * from "../../../../scripts/console/vendor-entry.js";
