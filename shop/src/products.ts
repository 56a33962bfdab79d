export interface Product {
  readonly name: string;
  readonly price: number;
  /** More than hours of load can sell: missing stock is drawn, not run into. */
  readonly stock: number;
}

const stock = 10_000_000;

export const products: readonly Product[] = [
  { name: "Gaming Laptop", price: 1299.99, stock },
  { name: "Wireless Mouse", price: 49.99, stock },
  { name: "Mechanical Keyboard", price: 129.99, stock },
  { name: "4K Monitor", price: 599.99, stock },
  { name: "USB-C Dock", price: 189.0, stock },
  { name: "Webcam", price: 79.5, stock },
];
