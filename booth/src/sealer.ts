/** The page's end of the worker: one promise for each request. */
import { Refusal } from "./refusal.js";
import type { Message, Name, Reply, Requests } from "./worker.js";

/** The worker is gone, or its program failed; nothing that it said lately is known. */
export class SealerFailed extends Error {
  override readonly name = "SealerFailed";
}

export interface WorkerLike {
  onmessage: ((event: { data: Reply }) => void) | null;
  onerror: ((event: never) => void) | null;
  postMessage(message: Message): void;
  terminate(): void;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export class Sealer {
  readonly #worker: WorkerLike;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;

  constructor(worker: WorkerLike) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#take(data);
    worker.onerror = () => this.#fail();
  }

  ask<N extends Name>(name: N, body: Requests[N][0]): Promise<Requests[N][1]> {
    const id = this.#count++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, body });
    });
  }

  /** Ends the worker, and with it the code's secret. What was asked and not answered never is. */
  end(): void {
    this.#worker.terminate();
    this.#waiting.clear();
  }

  #take(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (waiting === undefined) return;
    if ("value" in reply) waiting.resolve(reply.value as never);
    else if (reply.clause === "") waiting.reject(new SealerFailed(reply.refused));
    else waiting.reject(new Refusal(reply.clause, reply.refused.replace(/ \[[\d.]+\]$/, "")));
  }

  #fail(): void {
    for (const { reject } of this.#waiting.values()) reject(new SealerFailed("the worker failed"));
    this.#waiting.clear();
  }
}
