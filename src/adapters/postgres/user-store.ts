import type { UserStore } from "../../ports/user-store.ts";
import { createAccount, findAccount, searchAccounts } from "./accounts.ts";
import type { Database } from "./database.ts";
import { ensureUser, findIds, findPerson, saveLastSeen } from "./users.ts";

export function createPostgresUserStore(db: Database): UserStore {
  return {
    ensureUser: (profile) => ensureUser(db, profile),
    findPerson: (userId) => findPerson(db, userId),
    findIds: (query) => findIds(db, query),
    createAccount: (account) => createAccount(db, account),
    findAccount: (username) => findAccount(db, username),
    searchAccounts: (query) => searchAccounts(db, query),
    saveLastSeen: (userId, at) => saveLastSeen(db, userId, at),
  };
}
