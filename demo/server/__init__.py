"""What stands between the network and the page: who is answered, how much may be sent, what is said to whom."""
