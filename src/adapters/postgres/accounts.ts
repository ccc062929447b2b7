import type { Account, UserStore } from "../../ports/user-store.ts";
import type { Person } from "../../protocol/person.ts";
import type { Database } from "./database.ts";
import { personJson } from "./json.ts";
import { sqlState } from "./retry.ts";

const create = `
with
  created as (
    insert into users (external_id, username, full_name)
    values ($1::text, $2::text, $3::text)
    returning *
  ),
  account as (
    insert into accounts (user_id, username_key, password_hash)
    select id, $4::text, $5::text from created
  )
select ${personJson("created")} as result
from created`;

const uniqueViolation = "23505";

export async function createAccount(
  db: Database,
  account: Parameters<UserStore["createAccount"]>[0],
): Promise<Person | null> {
  const { externalId, username, fullName, passwordHash } = account;
  const params = [externalId, username, fullName, usernameKey(username), passwordHash];
  try {
    const [person] = await db.query<Person>({ text: create, params });
    return person ?? null;
  } catch (error) {
    if (sqlState(error) !== uniqueViolation) throw error;
    // A first try whose answer was lost may have created this very account; its salted hash tells.
    const taken = await findAccount(db, username);
    return taken?.passwordHash === passwordHash ? taken.person : null;
  }
}

const find = `
select json_build_object(
  'person', ${personJson("users")},
  'externalId', users.external_id,
  'passwordHash', accounts.password_hash
) as result
from accounts
join users on users.id = accounts.user_id
where accounts.username_key = $1::text`;

export async function findAccount(db: Database, username: string): Promise<Account | null> {
  const [account] = await db.query<Account>({ text: find, params: [usernameKey(username)] });
  return account ?? null;
}

const search = `
select ${personJson("users")} as result
from accounts
join users on users.id = accounts.user_id
where users.id <> $2::bigint
  and (strpos(accounts.username_key, $1::text) > 0 or strpos(lower(users.full_name), $1::text) > 0)
order by not starts_with(accounts.username_key, $1::text), accounts.username_key
limit $3::int`;

export async function searchAccounts(
  db: Database,
  { text, except, limit }: Parameters<UserStore["searchAccounts"]>[0],
): Promise<Person[]> {
  return db.query({ text: search, params: [text.toLowerCase(), except, limit] });
}

function usernameKey(username: string): string {
  return username.toLowerCase();
}
