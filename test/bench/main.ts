/** `npm run bench`: prints measured figures as JSON lines. */
console.log(JSON.stringify({ name: 'node', value: process.version }));
