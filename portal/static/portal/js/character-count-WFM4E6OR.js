import{b as r}from"./chunk-AMAKNEIK.js";import"./chunk-SQE76S5B.js";export{r as CharacterCount};
