/** Whether what the page shows is live. */
import { Store } from './store.ts';

export type Connection = 'connecting' | 'live' | 'lost' | 'unauthorised';

export const connection = new Store<Connection>('connecting');
