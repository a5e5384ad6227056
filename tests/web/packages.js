'use strict';
// Names each package of package.json after loading it.
for (const name of Object.keys(require('./package.json').dependencies)) {
  require(name);
  console.log(name);
}
