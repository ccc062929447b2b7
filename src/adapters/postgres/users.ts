import { withoutControls } from "../../core/text.ts";
import type { UserProfile } from "../../ports/user-store.ts";
import { ChatError } from "../../protocol/error.ts";
import type { Person } from "../../protocol/person.ts";
import type { Database, Param } from "./database.ts";
import { personJson } from "./json.ts";
import { idArray } from "./params.ts";

/** Writes only for a new user or a changed profile. Finds nothing when somebody else takes the id at this moment. */
const ensure = `
with
  known as (
    select * from users where external_id = $1::text
  ),
  changed as (
    update users u
    set username = coalesce($3::text, u.username),
      full_name = coalesce($4::text, u.full_name),
      avatar = coalesce($5::text, u.avatar)
    from known
    where u.id = known.id
      and (known.username, known.full_name, known.avatar) is distinct from (
        coalesce($3::text, known.username),
        coalesce($4::text, known.full_name),
        coalesce($5::text, known.avatar)
      )
    returning u.*
  ),
  created as (
    insert into users (id, external_id, username, full_name, avatar)
    select
      case
        when $2::bigint is null or exists (select from users where id = $2::bigint)
        then nextval(pg_get_serial_sequence('users', 'id'))
        else $2::bigint
      end,
      $1::text,
      coalesce($3::text, $6::text),
      coalesce($4::text, ''),
      $5::text
    where not exists (select from known)
    on conflict do nothing
    returning *
  ),
  found as (
    select * from changed
    union all
    select * from created
    union all
    select * from known where not exists (select from changed)
  )
select ${personJson("found")} as result
from found`;

const tries = 5;

export async function ensureUser(db: Database, profile: UserProfile): Promise<Person> {
  const { externalId, username, fullName, avatar } = profile;
  const fallback = `user-${withoutControls(externalId)}`;
  const params: Param[] = [
    externalId,
    adoptableId(externalId),
    username,
    fullName,
    avatar,
    fallback,
  ];
  for (let attempt = 0; attempt < tries; attempt += 1) {
    // oxlint-disable-next-line no-await-in-loop -- again only after losing a race for the id
    const [person] = await db.query<Person>({ text: ensure, params });
    if (person) return person;
  }
  throw new ChatError("history-unavailable", { detail: "No id could be found for this user" });
}

function adoptableId(externalId: string): number | null {
  const id = /^[1-9][0-9]{0,15}$/.test(externalId) ? Number(externalId) : null;
  return Number.isSafeInteger(id) ? id : null;
}

const find = `select ${personJson("users")} as result from users where id = $1::bigint`;

export async function findPerson(db: Database, userId: number): Promise<Person | null> {
  const [person] = await db.query<Person>({ text: find, params: [userId] });
  return person ?? null;
}

const findMany = `
select to_json(id) as result
from users
where id = any ($1::bigint[])
  or external_id = any (array(select json_array_elements_text($2::text::json)))
order by id`;

export async function findIds(
  db: Database,
  query: { ids: number[]; externalIds: string[] },
): Promise<number[]> {
  const params = [idArray(query.ids), JSON.stringify(query.externalIds)];
  return db.query({ text: findMany, params });
}

const see = `
update users set last_seen_at = $2::timestamptz
where id = $1::bigint and (last_seen_at is null or last_seen_at < $2::timestamptz)`;

export async function saveLastSeen(db: Database, userId: number, at: string): Promise<void> {
  await db.query({ text: see, params: [userId, at] });
}
