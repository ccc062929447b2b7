import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readBucket, readCluster, readConfig } from "../../../src/platforms/bun/config.ts";

const bucket = {
  S3_BUCKET: "files",
  S3_ENDPOINT: "https://s3.example.com",
  S3_ACCESS_KEY_ID: "id",
  S3_SECRET_ACCESS_KEY: "secret",
};

describe("the settings under Bun", () => {
  it("let the same origins in as everywhere, unless others are named", async () => {
    const text = await Bun.file(resolve(import.meta.dirname, "../../../wrangler.toml")).text();
    const [, origins = ""] = /^ALLOWED_ORIGINS = "([^"]*)"$/m.exec(text) ?? [];
    expect(readConfig({}, "key").allowedOrigins).toEqual(origins.split(","));
    const named = { ALLOWED_ORIGINS: "https://a.example, https://b.example" };
    expect(readConfig(named, "key").allowedOrigins).toEqual([
      "https://a.example",
      "https://b.example",
    ]);
    expect(readConfig({ ALLOWED_ORIGINS: "" }, "key").allowedOrigins).toEqual([""]);
  });

  it("name a bucket whole or not at all", () => {
    expect(readBucket({})).toBeNull();
    expect(readBucket(bucket)).toMatchObject({ bucket: "files", region: "auto" });
    expect(() => readBucket({ ...bucket, S3_SECRET_ACCESS_KEY: "" })).toThrow(
      "S3_BUCKET is set, so S3_SECRET_ACCESS_KEY must be set too",
    );
    expect(() => readBucket({ ...bucket, S3_ENDPOINT: "s3" })).toThrow("must be an address");
  });

  it("make several processes one only where they share everything", () => {
    const names = ["DATABASE_URL", "REDIS_URL", "AUTH_SECRET", "SERVICE_KEY", "S3_BUCKET"];
    const all = Object.fromEntries(names.map((name) => [name, "set"]));
    expect([readCluster({}), readCluster(all), readCluster({ CLUSTER: "off" })]).toEqual([
      false,
      false,
      false,
    ]);
    expect(readCluster({ ...all, CLUSTER: "on" })).toBe(true);
    expect(() => readCluster({ ...all, CLUSTER: "on", REDIS_URL: "" })).toThrow(
      "CLUSTER is on, so REDIS_URL must be set too",
    );
    expect(() => readCluster({ CLUSTER: "yes" })).toThrow("on or off");
  });
});
