"""Redis or Valkey as the truth, single or Cluster, with any number of processes in front."""
