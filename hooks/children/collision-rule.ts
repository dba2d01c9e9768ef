/**
 * Where something that somebody else set can collide with ours, at a value or below it. Apply removes only what it
 * applied itself, so what somebody else added beside ours stays; where only one of the two is allowed, the API server
 * refuses the child forever (docs/design.md, "Apply").
 */
export interface CollisionRule {
  readonly fields?: Readonly<Record<string, CollisionRule>>;
  /** The field that identifies an item of the list. */
  readonly key?: string;
  /** A field that no two items of the list may share. */
  readonly unique?: string;
  /** Fields of which an object may have one; `*` for all but the key. */
  readonly oneOf?: readonly string[] | '*';
  /** A map or list that means something else with one more key or item. */
  readonly closed?: true;
  /** Whether server-side apply replaces the value whole, so that nothing of others stays in it. */
  readonly atomic?: true;
  /** The rule of an item of the list. */
  readonly item?: CollisionRule;
}

/** A label selector: with one more condition it would be about fewer pods, or none. */
export const labelSelector: CollisionRule = {
  closed: true,
  atomic: true,
  fields: { matchLabels: { closed: true } },
};
