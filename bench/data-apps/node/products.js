// What there is to know of products.
const PRODUCTS = 10_000;
const BUNDLE = 20;

/** The products of a bundle. */
export function bundle(seed) {
  return Array.from({ length: BUNDLE }, (_, place) => ((seed * 31 + place * 487) % PRODUCTS) + 1);
}
