"""Neural models behind two small doors: the encoder and the reader."""
