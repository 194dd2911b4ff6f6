/** The error object of the contract (RFC 9457), the same over HTTP and in socket acks. */
export interface Problem {
  title: string;
  status: number;
  detail: string;
  code: string;
  errors: FieldProblem[];
  request_id?: string;
}

export interface FieldProblem {
  field: string;
  code: string;
  detail: string;
}

const connectionLost: Problem = {
  title: "Connection lost",
  status: 0,
  detail: "The server cannot be reached. Check your connection and try again.",
  code: "connection_lost",
  errors: [],
};

/** A refused or failed request. `status` 0 means that no answer came, so nothing is known of its effect. */
export class RequestFailed extends Error {
  readonly problem: Problem;
  /** Seconds to wait before trying again, where the server said so. */
  readonly retryAfter: number | null;

  constructor(problem: Problem, retryAfter: number | null = null) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  static noAnswer(): RequestFailed {
    return new RequestFailed(connectionLost);
  }

  get status(): number {
    return this.problem.status;
  }

  /** Worth sending again unchanged: no answer, too many requests, or a server that is away. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** The first complaint for each field. */
  get byField(): Record<string, string> {
    const complaints: Record<string, string> = {};
    for (const { field, detail } of this.problem.errors) complaints[field] ??= detail;
    return complaints;
  }
}

/** Reads what ought to be a problem object, whatever a proxy in between made of it. */
export function parseProblem(body: unknown, status = 500): Problem {
  const given = (typeof body === "object" && body !== null ? body : {}) as Partial<Problem>;
  return {
    title: given.title ?? "Request failed",
    status: given.status ?? status,
    detail: given.detail ?? "Something went wrong. Please try again.",
    code: given.code ?? "unknown",
    errors: Array.isArray(given.errors) ? given.errors : [],
    request_id: given.request_id,
  };
}

/** A sentence fit to show for anything that was thrown. */
export function sentenceFor(error: unknown): string {
  return error instanceof RequestFailed ? error.message : "Something went wrong. Please try again.";
}
