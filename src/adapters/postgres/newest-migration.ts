/** The last entry of migrations/meta/_journal.json, which a Worker cannot read; a test compares the two. */
export const newestMigration = {
  tag: "0001_room-for-updates",
  generatedAt: 1795298253879,
};
