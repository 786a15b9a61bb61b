UPDATE erasure SET cleaning = 0 WHERE id = 1
