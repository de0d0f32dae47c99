/** Never says that it is loaded. */
setInterval(() => {}, 1000);
