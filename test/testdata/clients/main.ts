// A client over the types that openapi-typescript made, against a running ledger: append, resend,
// batch, dry run, refusal, read.
import createClient from "openapi-fetch";
import type { components, paths } from "./api";

declare const process: { argv: string[] };

type Event = components["schemas"]["Event"];

const [url, token] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });

function check(ok: unknown, what: string, v: unknown): asserts ok {
  if (!ok) throw new Error(what + ": " + JSON.stringify(v));
}

function subject(id: string): Event {
  return {
    specversion: "1.0", id: crypto.randomUUID(), source: "urn:test:openapi-typescript", type: "anjian.subject-registered.v1",
    subject: "subject/" + id, time: new Date().toISOString(),
    data: { kind: "enterprise", name: "安康某某矿业", region: "610902", sectors: ["MINE"], discovery: "register" },
  };
}

const single = { "Content-Type": "application/cloudevents+json" };
const many = { "Content-Type": "application/cloudevents-batch+json" };

const one = subject("ts-1");
const first = await client.POST("/v1/events", { body: one, headers: single });
check(first.response.status === 201 && first.data, "append", first);
const receipt = first.data.receipts[0];
const again = await client.POST("/v1/events", { body: one, headers: single });
check(again.response.status === 200 && again.data!.receipts[0].already_present, "resend", again);

const batch = await client.POST("/v1/events/batch", { body: [subject("ts-2"), subject("ts-3")], headers: many });
check(batch.response.status === 201 && batch.data!.receipts.length === 2, "batch", batch);

const dry = await client.POST("/v1/events/dry-run", { body: [subject("ts-2"), subject("ts-3"), subject("ts-4")], headers: many });
check(dry.error && dry.error.faults!.length === 2 && dry.error.faults![1].item === 1 && dry.error.detail, "faults", dry);

const entry = await client.GET("/v1/entries/{index}", { params: { path: { index: String(receipt.index) } } });
check(entry.data && entry.data.stream === "subject/ts-1" && entry.data.event.source === "urn:test:openapi-typescript", "entry", entry);
const page = await client.GET("/v1/events", { params: { query: { limit: 1000 } } });
check(page.data && typeof page.data !== "string" && page.data.entries.length >= 3, "read", page);
const view = await client.GET("/v1/subjects/{id}", { params: { path: { id: "ts-1" } } });
check(view.data && view.data.name === "安康某某矿业", "view", view);
console.log("typescript client: ok");
