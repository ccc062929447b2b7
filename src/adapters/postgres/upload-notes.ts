import type { UploadNotes } from "../../ports/upload-notes.ts";
import type { Database } from "./database.ts";

/** Two at once never answer the same one, and neither waits for the other or for a send. */
const note = `
with
  due as (
    select id from uploads
    where remove_after < now()
    order by remove_after
    limit 8
    for update skip locked
  ),
  given_up as (
    update uploads
    set is_given_up = true, remove_after = now() + interval '1 hour'
    from due
    where uploads.id = due.id
    returning uploads.id
  ),
  noted as (
    insert into uploads (id, remove_after)
    values ($1::text, now() + interval '1 hour')
    on conflict (id) do nothing
  )
select to_json(id) as result from given_up`;

const forget = `delete from uploads where id = $1::text`;

export function createPostgresUploadNotes(db: Database): UploadNotes {
  return {
    note: (id) => db.query({ text: note, params: [id] }),
    async forget(id) {
      await db.query({ text: forget, params: [id] });
    },
  };
}
