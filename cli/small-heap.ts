import v8 from 'node:v8';

/**
 * The young generation of V8's heap keeps its first size. What a worker leaves behind is mostly buffers, which lie
 * outside the heap and go when it is collected: with room for 16 MB of objects a hundred megabytes of buffers wait for
 * that. The main file imports this first, because the heap would grow while packages are loaded.
 */
v8.setFlagsFromString('--semi-space-growth-factor=1');
