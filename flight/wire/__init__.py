"""The contract between vehicle and ground: dictionary, frames, packets. Bytes in, values out."""
