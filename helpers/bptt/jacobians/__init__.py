"""Forward propagation of Jacobians through a sequence of cells: gradients without a backward loop."""
