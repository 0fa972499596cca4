// @ts-check
/** What Python's engine and the page have in common. Written by scripts/reference: change it in Python. */

export const SETS = {
  houses: {
    description: "Sixty houses: size in square meters, rooms, age in years and price.",
    model: "price ~ w*size + b",
    loss: "mse",
    text: "size,rooms,age,price\n98,3,9,200000\n114,4,26,179000\n104,5,2,231000\n116,4,27,194000\n77,4,13,154000\n80,3,8,181000\n83,2,48,85000\n234,8,55,404000\n50,2,35,37000\n178,6,26,322000\n237,10,5,470000\n191,7,59,362000\n134,5,3,279000\n215,8,57,373000\n114,5,32,209000\n235,9,46,437000\n146,5,27,285000\n94,4,20,192000\n80,2,36,117000\n193,8,28,358000\n128,4,12,298000\n122,3,11,240000\n86,4,17,185000\n217,7,39,400000\n145,6,49,233000\n165,6,2,311000\n103,3,7,203000\n56,1,39,66000\n62,2,3,156000\n185,5,21,331000\n112,4,20,212000\n204,7,3,413000\n59,1,56,87000\n142,6,57,253000\n196,6,28,338000\n81,3,6,207000\n246,8,42,425000\n135,5,27,232000\n175,8,58,309000\n207,8,51,357000\n62,2,49,86000\n144,5,27,298000\n195,8,43,344000\n169,6,57,312000\n172,5,28,322000\n62,2,16,160000\n178,4,37,305000\n232,10,51,435000\n236,8,58,378000\n119,5,52,210000\n146,6,59,218000\n133,4,23,243000\n171,7,37,300000\n82,4,58,121000\n119,3,23,202000\n188,6,60,339000\n211,8,59,379000\n184,6,47,286000\n226,7,17,396000\n55,2,30,81000\n",
  },
  exam: {
    description: "A hundred students: hours of study, and whether they passed (1) or not (0).",
    model: "passed ~ sigmoid(b0 + b1*hours)",
    loss: "log",
    text: "hours,passed\n9.7,1\n0.6,0\n3.5,0\n6.1,1\n3.7,0\n4.6,1\n6.6,1\n6.5,1\n8.3,1\n2.2,0\n2.5,0\n8.7,1\n4.6,0\n5.5,0\n1.1,0\n5.3,1\n9.5,1\n7.6,1\n5.2,1\n6.6,0\n7.1,1\n9.3,1\n9.8,1\n4.1,0\n7.0,1\n0.2,0\n9.8,1\n9.7,1\n3.0,0\n6.1,1\n5.1,0\n9.3,1\n5.5,1\n7.6,1\n4.5,0\n6.3,1\n2.9,0\n5.9,1\n8.6,1\n6.0,1\n9.9,1\n9.0,1\n3.4,1\n1.4,0\n7.2,1\n5.1,0\n2.1,0\n9.6,1\n1.5,0\n6.0,1\n4.9,1\n0.2,0\n5.8,1\n6.5,1\n9.1,1\n9.8,1\n2.7,0\n4.6,1\n9.5,1\n2.5,0\n3.8,0\n5.9,1\n0.4,0\n1.9,0\n8.7,1\n1.3,0\n3.5,0\n0.4,0\n3.9,1\n1.7,0\n0.6,0\n7.0,0\n7.2,1\n5.7,0\n6.9,1\n9.7,1\n3.2,1\n8.7,1\n7.4,1\n8.9,1\n9.7,1\n1.5,0\n1.9,0\n8.1,0\n7.6,1\n4.9,0\n3.2,0\n8.3,1\n4.3,0\n6.2,1\n0.6,0\n5.4,1\n8.6,1\n0.2,0\n1.9,0\n7.2,1\n5.9,1\n3.5,1\n8.8,1\n0.2,0\n",
  },
  iris: {
    description: "A hundred and fifty irises: length and width of sepals and petals in centimeters, and the species.",
    model: "petal_width ~ w*petal_length + b",
    loss: "mse",
    text: "sepal_length,sepal_width,petal_length,petal_width,species\n5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,setosa\n4.7,3.2,1.3,0.2,setosa\n4.6,3.1,1.5,0.2,setosa\n5.0,3.6,1.4,0.2,setosa\n5.4,3.9,1.7,0.4,setosa\n4.6,3.4,1.4,0.3,setosa\n5.0,3.4,1.5,0.2,setosa\n4.4,2.9,1.4,0.2,setosa\n4.9,3.1,1.5,0.1,setosa\n5.4,3.7,1.5,0.2,setosa\n4.8,3.4,1.6,0.2,setosa\n4.8,3.0,1.4,0.1,setosa\n4.3,3.0,1.1,0.1,setosa\n5.8,4.0,1.2,0.2,setosa\n5.7,4.4,1.5,0.4,setosa\n5.4,3.9,1.3,0.4,setosa\n5.1,3.5,1.4,0.3,setosa\n5.7,3.8,1.7,0.3,setosa\n5.1,3.8,1.5,0.3,setosa\n5.4,3.4,1.7,0.2,setosa\n5.1,3.7,1.5,0.4,setosa\n4.6,3.6,1.0,0.2,setosa\n5.1,3.3,1.7,0.5,setosa\n4.8,3.4,1.9,0.2,setosa\n5.0,3.0,1.6,0.2,setosa\n5.0,3.4,1.6,0.4,setosa\n5.2,3.5,1.5,0.2,setosa\n5.2,3.4,1.4,0.2,setosa\n4.7,3.2,1.6,0.2,setosa\n4.8,3.1,1.6,0.2,setosa\n5.4,3.4,1.5,0.4,setosa\n5.2,4.1,1.5,0.1,setosa\n5.5,4.2,1.4,0.2,setosa\n4.9,3.1,1.5,0.2,setosa\n5.0,3.2,1.2,0.2,setosa\n5.5,3.5,1.3,0.2,setosa\n4.9,3.6,1.4,0.1,setosa\n4.4,3.0,1.3,0.2,setosa\n5.1,3.4,1.5,0.2,setosa\n5.0,3.5,1.3,0.3,setosa\n4.5,2.3,1.3,0.3,setosa\n4.4,3.2,1.3,0.2,setosa\n5.0,3.5,1.6,0.6,setosa\n5.1,3.8,1.9,0.4,setosa\n4.8,3.0,1.4,0.3,setosa\n5.1,3.8,1.6,0.2,setosa\n4.6,3.2,1.4,0.2,setosa\n5.3,3.7,1.5,0.2,setosa\n5.0,3.3,1.4,0.2,setosa\n7.0,3.2,4.7,1.4,versicolor\n6.4,3.2,4.5,1.5,versicolor\n6.9,3.1,4.9,1.5,versicolor\n5.5,2.3,4.0,1.3,versicolor\n6.5,2.8,4.6,1.5,versicolor\n5.7,2.8,4.5,1.3,versicolor\n6.3,3.3,4.7,1.6,versicolor\n4.9,2.4,3.3,1.0,versicolor\n6.6,2.9,4.6,1.3,versicolor\n5.2,2.7,3.9,1.4,versicolor\n5.0,2.0,3.5,1.0,versicolor\n5.9,3.0,4.2,1.5,versicolor\n6.0,2.2,4.0,1.0,versicolor\n6.1,2.9,4.7,1.4,versicolor\n5.6,2.9,3.6,1.3,versicolor\n6.7,3.1,4.4,1.4,versicolor\n5.6,3.0,4.5,1.5,versicolor\n5.8,2.7,4.1,1.0,versicolor\n6.2,2.2,4.5,1.5,versicolor\n5.6,2.5,3.9,1.1,versicolor\n5.9,3.2,4.8,1.8,versicolor\n6.1,2.8,4.0,1.3,versicolor\n6.3,2.5,4.9,1.5,versicolor\n6.1,2.8,4.7,1.2,versicolor\n6.4,2.9,4.3,1.3,versicolor\n6.6,3.0,4.4,1.4,versicolor\n6.8,2.8,4.8,1.4,versicolor\n6.7,3.0,5.0,1.7,versicolor\n6.0,2.9,4.5,1.5,versicolor\n5.7,2.6,3.5,1.0,versicolor\n5.5,2.4,3.8,1.1,versicolor\n5.5,2.4,3.7,1.0,versicolor\n5.8,2.7,3.9,1.2,versicolor\n6.0,2.7,5.1,1.6,versicolor\n5.4,3.0,4.5,1.5,versicolor\n6.0,3.4,4.5,1.6,versicolor\n6.7,3.1,4.7,1.5,versicolor\n6.3,2.3,4.4,1.3,versicolor\n5.6,3.0,4.1,1.3,versicolor\n5.5,2.5,4.0,1.3,versicolor\n5.5,2.6,4.4,1.2,versicolor\n6.1,3.0,4.6,1.4,versicolor\n5.8,2.6,4.0,1.2,versicolor\n5.0,2.3,3.3,1.0,versicolor\n5.6,2.7,4.2,1.3,versicolor\n5.7,3.0,4.2,1.2,versicolor\n5.7,2.9,4.2,1.3,versicolor\n6.2,2.9,4.3,1.3,versicolor\n5.1,2.5,3.0,1.1,versicolor\n5.7,2.8,4.1,1.3,versicolor\n6.3,3.3,6.0,2.5,virginica\n5.8,2.7,5.1,1.9,virginica\n7.1,3.0,5.9,2.1,virginica\n6.3,2.9,5.6,1.8,virginica\n6.5,3.0,5.8,2.2,virginica\n7.6,3.0,6.6,2.1,virginica\n4.9,2.5,4.5,1.7,virginica\n7.3,2.9,6.3,1.8,virginica\n6.7,2.5,5.8,1.8,virginica\n7.2,3.6,6.1,2.5,virginica\n6.5,3.2,5.1,2.0,virginica\n6.4,2.7,5.3,1.9,virginica\n6.8,3.0,5.5,2.1,virginica\n5.7,2.5,5.0,2.0,virginica\n5.8,2.8,5.1,2.4,virginica\n6.4,3.2,5.3,2.3,virginica\n6.5,3.0,5.5,1.8,virginica\n7.7,3.8,6.7,2.2,virginica\n7.7,2.6,6.9,2.3,virginica\n6.0,2.2,5.0,1.5,virginica\n6.9,3.2,5.7,2.3,virginica\n5.6,2.8,4.9,2.0,virginica\n7.7,2.8,6.7,2.0,virginica\n6.3,2.7,4.9,1.8,virginica\n6.7,3.3,5.7,2.1,virginica\n7.2,3.2,6.0,1.8,virginica\n6.2,2.8,4.8,1.8,virginica\n6.1,3.0,4.9,1.8,virginica\n6.4,2.8,5.6,2.1,virginica\n7.2,3.0,5.8,1.6,virginica\n7.4,2.8,6.1,1.9,virginica\n7.9,3.8,6.4,2.0,virginica\n6.4,2.8,5.6,2.2,virginica\n6.3,2.8,5.1,1.5,virginica\n6.1,2.6,5.6,1.4,virginica\n7.7,3.0,6.1,2.3,virginica\n6.3,3.4,5.6,2.4,virginica\n6.4,3.1,5.5,1.8,virginica\n6.0,3.0,4.8,1.8,virginica\n6.9,3.1,5.4,2.1,virginica\n6.7,3.1,5.6,2.4,virginica\n6.9,3.1,5.1,2.3,virginica\n5.8,2.7,5.1,1.9,virginica\n6.8,3.2,5.9,2.3,virginica\n6.7,3.3,5.7,2.5,virginica\n6.7,3.0,5.2,2.3,virginica\n6.3,2.5,5.0,1.9,virginica\n6.5,3.0,5.2,2.0,virginica\n6.2,3.4,5.4,2.3,virginica\n5.9,3.0,5.1,1.8,virginica\n",
  },
  misra1a: {
    description: "Adsorption of a monomolecular layer: volume y and pressure x.",
    model: "y ~ b1*(1-exp(-b2*x))",
    loss: "mse",
    start: [250, 0.0005],
    text: "y,x\n10.07,77.6\n14.73,114.9\n17.94,141.1\n23.93,190.8\n29.61,239.9\n35.18,289\n40.02,332.8\n44.82,378.4\n50.76,434.8\n55.05,477.3\n61.01,536.8\n66.40,593.1\n75.47,689.1\n81.78,760\n",
  },
  rat42: {
    description: "Growth of a pasture: yield y and growing time x.",
    model: "y ~ b1/(1+exp(b2-b3*x))",
    loss: "mse",
    start: [75, 2.5, 0.07],
    text: "y,x\n8.93,9\n10.8,14\n18.59,21\n22.33,28\n39.35,42\n56.11,57\n61.73,63\n64.62,70\n67.08,79\n",
  },
};
