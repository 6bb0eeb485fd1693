import{f as o}from"./chunk-AMAKNEIK.js";import"./chunk-SQE76S5B.js";export{o as Radios};
