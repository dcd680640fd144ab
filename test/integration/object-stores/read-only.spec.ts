import { readOnly } from '../../../src/modules/storage/wrappers/read-only.wrapper.js';
import { describeWrapper } from '../../support/object-stores/wrapped.js';

describeWrapper('read-only', readOnly, { isReadOnly: true });
