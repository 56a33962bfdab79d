// What the services above the first suspect suffer from it: they take longer, fail or repeat their calls, which is no fault
// of theirs. Left out are those that are suspects of some weight themselves.

import type { Accusation } from "./accusation.ts";
import type { Accused } from "./accuse.ts";
import type { Cohorts } from "./cohorts.ts";
import { failingCallers } from "./failing-callers.ts";
import type { Places } from "./places.ts";
import { queues } from "./queues.ts";
import { repeatedCalls } from "./repeated-calls.ts";
import { waitingCallers } from "./waiting-callers.ts";

/** Whoever is accused of more than a tenth of the first suspect's weight does not only suffer. */
const OWN_SHARE = 0.1;

export interface SymptomParts {
  readonly cohorts: Cohorts;
  readonly places: Places;
  /** 1 a row that fails. */
  readonly failing: Uint8Array;
  /** 1 a row where a failure began. */
  readonly origins: Uint8Array;
  /** The first suspect's, index into the services. */
  readonly service: number;
  /** Index into the services. */
  readonly isBlamed: (service: number) => boolean;
  /** Index into the places. */
  readonly isAccused: (place: number) => boolean;
}

/** Sentences about the first case. */
export function symptomsOf(accused: Accused, cohorts: Cohorts, places: Places): string[] {
  const { cases, failing, origins, rest } = accused;
  const [first] = cases;
  if (first === undefined) return [];
  const blamed = new Set(
    cases.filter(({ cost }) => cost > first.cost * OWN_SHARE).map(({ service }) => service),
  );
  const parts = (isMeant: (accusation: Accusation) => boolean): SymptomParts => {
    const accusedPlaces = new Set(first.accusations.filter(isMeant).map(({ place }) => place));
    return {
      cohorts,
      places,
      failing,
      origins,
      service: first.service,
      isBlamed: (service) => blamed.has(service),
      isAccused: (place) => accusedPlaces.has(place),
    };
  };
  const failures = parts(({ kind }) => kind === "error");
  const times = parts(({ kind }) => kind !== "error" && kind !== "missing");
  return [
    waitingCallers({ ...times, cohorts: rest }),
    failingCallers(failures),
    repeatedCalls(failures),
    queues(accused, places, first.cost * OWN_SHARE),
  ].filter((sentence) => sentence !== undefined);
}
