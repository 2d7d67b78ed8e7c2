/** What happens to jobs in this process, as hints: who misses one loses time, never data. */
import { EventEmitter } from 'node:events';

interface JobEventMap {
  /** A job changed its state. */
  changed: [jobId: string];
  /** A job reached a final state. */
  ended: [jobId: string];
}

export class JobEvents extends EventEmitter<JobEventMap> {
  constructor() {
    super();
    this.setMaxListeners(0); // one per waiting caller
  }
}
