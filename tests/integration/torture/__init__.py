"""Nothing lost, nothing twice, one order, whatever breaks: real servers, real clients, real faults, and a checker."""
