ALTER TABLE "conversation_members" ADD COLUMN "opened_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "conversation_members" ADD COLUMN "mark_id" uuid;--> statement-breakpoint
ALTER TABLE "conversation_members" ADD COLUMN "marked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "conversation_members" ADD COLUMN "marked_above" bigint;