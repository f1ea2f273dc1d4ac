"""The poster's three claims as experiments: what is compared with what, measured how, and with which verdict."""
