-- Leaves room on each page, so that an updated row stays on it and no index has to hear of the update.
ALTER TABLE "messages" SET (fillfactor = 80);--> statement-breakpoint
ALTER TABLE "conversations" SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE "conversation_members" SET (fillfactor = 50);
