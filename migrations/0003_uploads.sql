CREATE TABLE "uploads" (
	"id" text PRIMARY KEY NOT NULL,
	"remove_after" timestamp (3) with time zone NOT NULL,
	"is_given_up" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE INDEX "uploads_remove_after_index" ON "uploads" USING btree ("remove_after");--> statement-breakpoint
-- Who deletes a user or a message in SQL cannot reach the files; the next upload can.
CREATE FUNCTION "note_deleted_file"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "uploads" ("id", "remove_after", "is_given_up") VALUES (old."id", now(), true) ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "attachments_deleted" AFTER DELETE ON "attachments" FOR EACH ROW EXECUTE FUNCTION "note_deleted_file"();
