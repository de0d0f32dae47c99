// What the reader looks at, and what has failed. Whoever draws something listens.

/**
 * `view`: other causes, or in another order; `page`: another page of the same ones; `failed`: other causes have failed.
 *
 * @typedef {'view' | 'page' | 'failed'} Change
 */

/** Rows of one page of the ranking. */
const PAGE_ROWS = 50;

class State {
  /** @param {PageData} page */
  constructor(page) {
    this.page = page;
    this.sets = new ServiceSets(bytesOf(page.sets), page.services.names.length);
    this.membership = membershipOf(page.systems, page.services.names.length);
    /** @type {((change: Change) => void)[]} */
    this.listeners = [];
    this.layer = 0;
    this.filter = NO_FILTER;
    /** @type {Order} */
    this.order = { column: -1, descending: false };
    /** Rows that pass, in order. @type {readonly number[]} */
    this.rows = [];
    /** Place in `rows` of the first row of the page. */
    this.first = 0;
    /** In the order of failing. @type {readonly CauseRef[]} */
    this.failed = [];
    this.fallen = fallenBy(page, this.membership, []);
    this.look();
  }

  get layerData() {
    return this.page.layers[this.layer];
  }

  /** Shows other causes. @param {{ layer?: number, filter?: Filter, order?: Order }} wanted */
  show({ layer, filter, order }) {
    if (layer !== undefined && layer !== this.layer) {
      this.layer = layer;
      this.order = { column: -1, descending: false };
    }
    this.filter = filter ?? this.filter;
    this.order = order ?? this.order;
    this.look();
    this.tell('view');
  }

  look() {
    const rows = rowsThatPass(this.page, this.sets, this.membership, this.layerData, this.filter);
    this.rows = sortRows(this.layerData, rows, this.order);
    this.first = 0;
  }

  /** @param {number} first */
  turnTo(first) {
    const last = Math.max(0, Math.floor((this.rows.length - 1) / PAGE_ROWS) * PAGE_ROWS);
    this.first = Math.max(0, Math.min(first, last));
    this.tell('page');
  }

  /** @param {CauseRef} cause */
  hasFailed({ layer, row }) {
    return this.failed.some((one) => one.layer === layer && one.row === row);
  }

  /** @param {CauseRef} cause */
  toggle(cause) {
    const others = this.failed.filter((one) => one.layer !== cause.layer || one.row !== cause.row);
    this.fail(others.length < this.failed.length ? others : [...others, cause]);
  }

  /** @param {readonly CauseRef[]} causes */
  fail(causes) {
    this.failed = causes;
    this.fallen = fallenBy(
      this.page,
      this.membership,
      causes.map((cause) => this.reachOf(cause)),
    );
    this.tell('failed');
  }

  /** Services that a cause takes down. @param {CauseRef} cause */
  reachOf({ layer, row }) {
    return this.sets.list(cellOf(this.page.layers[layer].down, row));
  }

  /** @param {CauseRef} cause */
  nameOf({ layer, row }) {
    return cellOf(this.page.layers[layer].columns[0].text, row);
  }

  /** What a cause does on its own, in words. @param {CauseRef} cause */
  effectOf(cause) {
    const { services, systems } = fallenBy(this.page, this.membership, [this.reachOf(cause)]);
    const { page } = this;
    return `takes down ${services.length} of ${count(page.services.names.length, 'service')}, ${systems.length} of ${count(page.systems.length, 'system')}`;
  }

  /** @param {Change} change */
  tell(change) {
    for (const listener of this.listeners) listener(change);
  }
}
