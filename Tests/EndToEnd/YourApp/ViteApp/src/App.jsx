import { useEffect, useState } from 'react';

// A single-page app as they are: routes of its own, content that it fetches, and no word of being prerendered but the status of a page that
// is not there.
export function App() {
  const [, product] = location.pathname.match(/^\/products\/(\w+)$/) ?? [];
  if (product) return <Product id={product} />;
  if (location.pathname === '/') return <Home />;
  return <NotFound />;
}

function Home() {
  const products = useProducts();
  return (
    <main>
      <h1>Shop</h1>
      {products && <ul>{Object.entries(products).map(([id, { name }]) => <li key={id}><a href={`/products/${id}`}>{name}</a></li>)}</ul>}
      <Counter />
    </main>
  );
}

function Product({ id }) {
  const products = useProducts();
  if (!products) return <p>Loading</p>;
  const product = products[id];
  if (!product) return <NotFound />;
  return (
    <main>
      <title>{product.name}</title>
      <h1>{product.name}</h1>
      <p>{product.text}</p>
      <Counter />
    </main>
  );
}

function Counter() {
  const [count, setCount] = useState(0);
  return <button onClick={() => setCount(count + 1)}>Bought {count}</button>;
}

function NotFound() {
  return (
    <main>
      <meta name="prerender-status-code" content="404" />
      <h1>No such page</h1>
    </main>
  );
}

function useProducts() {
  const [products, setProducts] = useState(null);
  useEffect(() => {
    fetch('/products.json').then((response) => response.json()).then(setProducts);
  }, []);
  return products;
}
