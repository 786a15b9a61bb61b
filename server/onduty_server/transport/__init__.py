"""gRPC in front of the use cases: conversion, the error table, the servicer and the server."""
