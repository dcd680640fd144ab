import { describeObjectStore } from '../../support/object-store-contract.js';
import { openLocal } from '../../support/object-stores/local.js';

describeObjectStore('The local store', openLocal, { backend: 'local', keepsContentType: false });
