import{c as e}from"./chunk-AMAKNEIK.js";import"./chunk-SQE76S5B.js";export{e as Checkboxes};
