import { describeObjectStore } from '../../support/object-store-contract.js';
import { openMemory } from '../../support/object-stores/memory.js';

describeObjectStore('The memory store', openMemory, { backend: 'memory' });
