"""The operator's pages: workers, HITs, money and events, apart from the workers' site and its sign-in."""
